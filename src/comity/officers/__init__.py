"""Officers of authorities: invited after a call-back, in by passkey, ended with their authority."""
