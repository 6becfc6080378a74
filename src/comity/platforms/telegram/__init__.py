"""Telegram, as far as its Bot API reaches: chats and channels that the operator's bot administers."""
