"""What happened: design, alignment, normal-return models, inference, results."""
