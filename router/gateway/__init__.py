"""The gateway: one OpenAI-compatible endpoint that draws a skill for each request.

asking.py reads a request, step.py has it answered, answering.py writes the answer; offering.py holds what is served
now, lane.py how many are served at a time, measures.py what is counted; app.py joins them behind HTTP, edge.py guards
them. Only those two load a web framework.
"""
