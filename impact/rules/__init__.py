"""What the law permits: programmes as data, permitted(), deadlines, provider and exchange paths."""
