"""The only room that imports matplotlib: plain frames and arrays in, Axes out."""
