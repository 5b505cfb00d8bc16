"""Numbers only: numpy and scipy arrays in, arrays or small frozen records out."""
