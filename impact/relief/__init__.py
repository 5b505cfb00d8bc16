"""Legal relief: scenario tree, implied probability, base rates, sell-or-wait, forecast log."""
