"""A standing attack: mutated files at every reader, kills and corruptions of the price store, answers of a provider that make no sense."""
