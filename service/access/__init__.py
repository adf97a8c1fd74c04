"""Who may enter: roles, accounts, sign-in, and the rule that every route declares."""
