"""The steps of a load (`pipelines.load` calls them in their order), and the file that a night works on."""
