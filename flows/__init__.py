"""The night: load, build, judge, publish, report. Reads the pipelines and the published tables, never the sandbox."""
