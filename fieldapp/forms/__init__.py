"""A general ODK XForms engine. It knows nothing of buildings; this module is its front door."""
