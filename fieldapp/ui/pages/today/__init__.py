"""今日: what comes next, what is due, who goes, what waits; and the way into field mode."""

from fieldapp.ui.pages.today.page import TodayPage

__all__ = ["TodayPage"]
