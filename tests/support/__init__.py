"""What tests share: messages to judge, and the installed command."""
