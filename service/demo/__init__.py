"""The demo: the real service, asked over HTTP as a chat window would ask it, message by message.

`chats` says what is replayed and what has to come out, `process` starts the service and talks to it, `replay` walks a
chat reply by reply, `view` prints, and `run` puts them in order.
"""
