"""The command line: one command a file, each a thin shell around what does the work. `admin/__main__.py` lists them."""
