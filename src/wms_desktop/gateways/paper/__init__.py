"""Documents as paper: what is drawn where, in whole printer dots; see rendering."""
