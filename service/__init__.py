"""The service around the library: HTTP, the command line, evidence and the demo.

Only here are there requests, files and processes. It imports `riskmodel`; `riskmodel` never imports it.
"""
