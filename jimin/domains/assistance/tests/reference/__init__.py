"""The law of social assistance read a second time, in plain Python: no engine, no graph, no Ibis.

Written from the articles alone, before the rules were looked at, so that a misreading of one is seen in the other.
"""
