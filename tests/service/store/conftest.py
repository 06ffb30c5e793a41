"""A shop's store with nothing in it yet, and its keys."""

from __future__ import annotations

import pytest
from record_case import Case

from service.store.engine import Store
from service.store.keyring import KeyFile


@pytest.fixture
def case(store: Store, keys: KeyFile, shop: int) -> Case:
    return Case(store, keys.current(), shop)
