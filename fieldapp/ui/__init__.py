"""The window (design 9): Qt Widgets, and Qt only here.

How to add a page
-----------------
A place of the rail is one file or package in ``pages/``. It holds a ``Page`` (see ``page.py``):

* the constructor takes the ``Frame`` and builds the widgets once; ``frame.laptop`` has all services;
* ``title()`` is the heading, ``actions_of_page()`` its keys and commands; ``open(argument)`` is called when
  it comes to the front (with what it shall show), ``refresh()`` then and when the store has changed;
* work that takes more than an indexed read goes through ``frame.jobs.start(work, done=…)``: ``work(job)``
  runs in a thread and touches no widget, ``done(result)`` is called in the GUI thread;
* errors go to ``frame.tell(error)``, which finds the calm words; ``frame.go("buildings", id)`` opens another
  page, ``frame.toast(text, undo)`` speaks in passing, ``frame.changed()`` says that the store has changed.

Then name its class in the table of ``pages/__init__.py``. Widgets come from ``components``, colours and sizes
from ``themes`` (nobody writes a hex or a pixel size of a font), icons by meaning from ``icons``.
A page has at most one enabled ``primary`` button; every control has its word as accessible name.
"""
