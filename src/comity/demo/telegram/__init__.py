"""The demo on Telegram: an order of some countries, where nothing can be done by country."""
