"""Bundled tables; each is described and checksummed in MANIFEST.csv."""
