"""Who must sell, how much and when: index deletion per provider, divestment per holder class."""
