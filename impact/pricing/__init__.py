"""The price effect of forced supply: impact laws, elasticities, demand system, execution, uncertainty."""
