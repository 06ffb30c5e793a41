"""The evidence bundle: one conversation, its orders and its assessments, sealed so that a platform can check them.

`bundle` builds a bundle (a BagIt 1.0 bag in a canonical zip, see `bag` and `container`), `keys` holds the shop's
signing key, and `verify` checks a bundle. `verify` is a world of its own: it needs the standard library and
`cryptography` only, never the model, the web framework or the network. So that this stays true the package itself
imports nothing but the verifier; import `service.evidence.bundle` where a bundle is to be built. All that a reader
sees of a case is a view of one `record`.
"""

from service.evidence.verify import Report, Status, validate, verify_bundle

__all__ = ["Report", "Status", "validate", "verify_bundle"]
