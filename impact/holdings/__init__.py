"""Who owns what: readers, look-through, owners, exposure."""
