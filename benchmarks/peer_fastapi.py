"""The same scorer behind FastAPI: reads the body with the contract's parser and gives the Assessment."""

from typing import Any

from fastapi import FastAPI, Request

from riskmodel.conversation import parse_conversation
from riskmodel.paths import default_model_dir
from riskmodel.scorer import Scorer

app = FastAPI()
scorer = Scorer.load(default_model_dir())


@app.get("/readyz")
async def ready() -> dict[str, str]:
    """Loaded."""
    return {"status": "ready"}


@app.post("/v1/score")
async def score(request: Request) -> dict[str, Any]:
    """Assess a conversation."""
    return scorer.assess(parse_conversation(await request.body()))
