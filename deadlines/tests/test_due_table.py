"""Due dates worked out from the State Council's notices (see notices.py), one line each.

Code of the rule, start, raw last day, last day after moving off a day off; the weekdays of the two behind it.
"""

from datetime import datetime, time

import pytest

from core.timekeeping import SHANGHAI
from deadlines.arithmetic import due_at
from deadlines.rules_table import VERSIONS
from deadlines.services import shipped
from deadlines.tests.notices import notice_days, works
from deadlines.working_calendar import WorkingCalendar

TABLE = [
    ("conclusion", "2023-10-01T10:00", "2023-11-30", "2023-11-30"),  # Thu → Thu
    ("notice", "2024-02-01T09:00", "2024-02-16", "2024-02-18"),  # Fri → Sun
    ("objection", "2008-01-31T08:30", "2008-02-05", "2008-02-05"),  # Tue → Tue
    ("objection", "2008-04-30T17:59", "2008-05-08", "2008-05-08"),  # Thu → Thu
    ("notice", "2008-01-28T00:00", "2008-02-12", "2008-02-13"),  # Tue → Wed
    ("forwarding", "2008-09-14T12:00", "2008-09-29", "2008-10-06"),  # Mon → Mon
    ("conclusion", "2008-12-02T10:00", "2009-01-31", "2009-02-01"),  # Sat → Sun
    ("objection", "2009-01-22T16:00", "2009-02-03", "2009-02-03"),  # Tue → Tue
    ("notice", "2009-01-12T11:00", "2009-01-27", "2009-02-01"),  # Tue → Sun
    ("forwarding", "2009-09-23T09:00", "2009-10-08", "2009-10-09"),  # Thu → Fri
    ("objection", "2009-09-25T09:00", "2009-10-09", "2009-10-09"),  # Fri → Fri
    ("objection", "2010-02-11T15:00", "2010-02-23", "2010-02-23"),  # Tue → Tue
    ("notice", "2010-02-01T08:00", "2010-02-16", "2010-02-20"),  # Tue → Sat
    ("forwarding", "2010-09-08T10:00", "2010-09-23", "2010-09-25"),  # Thu → Sat
    ("conclusion", "2010-08-04T10:00", "2010-10-03", "2010-10-08"),  # Sun → Fri
    ("objection", "2010-06-11T10:00", "2010-06-21", "2010-06-21"),  # Mon → Mon
    ("objection", "2011-01-28T10:00", "2011-02-10", "2011-02-10"),  # Thu → Thu
    ("conclusion", "2011-11-01T10:00", "2011-12-31", "2011-12-31"),  # Sat → Sat
    ("notice", "2011-12-17T10:00", "2012-01-01", "2012-01-04"),  # Sun → Wed
    ("objection", "2011-12-29T10:00", "2012-01-06", "2012-01-06"),  # Fri → Fri
    ("forwarding", "2011-03-19T10:00", "2011-04-03", "2011-04-06"),  # Sun → Wed
    ("objection", "2012-01-19T10:00", "2012-01-31", "2012-01-31"),  # Tue → Tue
    ("petitioner_window", "2012-01-30T10:00", "2012-02-29", "2012-02-29"),  # Wed → Wed
    ("petitioner_window", "2012-02-28T10:00", "2012-03-29", "2012-03-29"),  # Thu → Thu
    ("conclusion", "2012-08-01T10:00", "2012-09-30", "2012-10-08"),  # Sun → Mon
    ("notice", "2012-02-29T23:59:59", "2012-03-15", "2012-03-15"),  # Thu → Thu
    ("objection", "2012-09-27T10:00", "2012-10-10", "2012-10-10"),  # Wed → Wed
    ("objection", "2013-02-07T10:00", "2013-02-19", "2013-02-19"),  # Tue → Tue
    ("notice", "2013-01-26T10:00", "2013-02-10", "2013-02-16"),  # Sun → Sat
    ("forwarding", "2013-04-13T10:00", "2013-04-28", "2013-04-28"),  # Sun → Sun
    ("objection", "2013-06-07T10:00", "2013-06-17", "2013-06-17"),  # Mon → Mon
    ("objection", "2013-09-17T10:00", "2013-09-25", "2013-09-25"),  # Wed → Wed
    ("conclusion", "2013-08-03T10:00", "2013-10-02", "2013-10-08"),  # Wed → Tue
    ("notice", "2014-01-17T10:00", "2014-02-01", "2014-02-07"),  # Sat → Fri
    ("objection", "2014-01-24T10:00", "2014-01-30", "2014-01-30"),  # Thu → Thu
    ("petitioner_window", "2014-12-02T10:00", "2015-01-01", "2015-01-04"),  # Thu → Sun
    ("conclusion", "2014-04-03T10:00", "2014-06-02", "2014-06-03"),  # Mon → Tue
    ("notice", "2015-02-04T10:00", "2015-02-19", "2015-02-25"),  # Thu → Wed
    ("objection", "2015-09-01T10:00", "2015-09-09", "2015-09-09"),  # Wed → Wed
    ("forwarding", "2015-08-19T10:00", "2015-09-03", "2015-09-06"),  # Thu → Sun
    ("petitioner_window", "2015-08-28T10:00", "2015-09-27", "2015-09-28"),  # Sun → Mon
    ("objection", "2015-02-13T18:00", "2015-02-26", "2015-02-26"),  # Thu → Thu
    ("conclusion", "2015-12-31T23:59:59", "2016-02-29", "2016-02-29"),  # Mon → Mon
    ("notice", "2016-01-30T10:00", "2016-02-14", "2016-02-14"),  # Sun → Sun
    ("objection", "2016-02-05T10:00", "2016-02-17", "2016-02-17"),  # Wed → Wed
    ("conclusion", "2015-12-31T00:00", "2016-02-29", "2016-02-29"),  # Mon → Mon
    ("petitioner_window", "2016-01-30T10:00", "2016-02-29", "2016-02-29"),  # Mon → Mon
    ("objection", "2016-09-13T10:00", "2016-09-21", "2016-09-21"),  # Wed → Wed
    ("forwarding", "2016-09-16T10:00", "2016-10-01", "2016-10-08"),  # Sat → Sat
    ("objection", "2017-01-20T10:00", "2017-01-26", "2017-01-26"),  # Thu → Thu
    ("notice", "2017-01-13T10:00", "2017-01-28", "2017-02-03"),  # Sat → Fri
    ("conclusion", "2017-08-02T10:00", "2017-10-01", "2017-10-09"),  # Sun → Mon
    ("objection", "2017-09-28T10:00", "2017-10-11", "2017-10-11"),  # Wed → Wed
    ("petitioner_window", "2017-05-02T10:00", "2017-06-01", "2017-06-01"),  # Thu → Thu
    ("forwarding", "2018-02-01T10:00", "2018-02-16", "2018-02-22"),  # Fri → Thu
    ("objection", "2018-02-09T10:00", "2018-02-22", "2018-02-22"),  # Thu → Thu
    ("objection", "2018-12-27T10:00", "2019-01-04", "2019-01-04"),  # Fri → Fri
    ("notice", "2018-12-15T10:00", "2018-12-30", "2019-01-02"),  # Sun → Wed
    ("conclusion", "2018-07-31T10:00", "2018-09-29", "2018-09-29"),  # Sat → Sat
    ("petitioner_window", "2018-08-25T10:00", "2018-09-24", "2018-09-25"),  # Mon → Tue
    ("objection", "2019-02-01T10:00", "2019-02-13", "2019-02-13"),  # Wed → Wed
    ("notice", "2019-04-16T10:00", "2019-05-01", "2019-05-05"),  # Wed → Sun
    ("objection", "2019-04-26T10:00", "2019-05-06", "2019-05-06"),  # Mon → Mon
    ("conclusion", "2019-12-25T10:00", "2020-02-23", "2020-02-24"),  # Sun → Mon
    ("forwarding", "2019-01-21T10:00", "2019-02-05", "2019-02-11"),  # Tue → Mon
    ("notice", "2020-01-10T10:00", "2020-01-25", "2020-02-03"),  # Sat → Mon
    ("objection", "2020-01-20T10:00", "2020-02-04", "2020-02-04"),  # Tue → Tue
    ("notice", "2020-01-17T10:00", "2020-02-01", "2020-02-03"),  # Sat → Mon
    ("conclusion", "2020-02-29T10:00", "2020-04-29", "2020-04-29"),  # Wed → Wed
    ("forwarding", "2020-02-14T10:00", "2020-02-29", "2020-03-02"),  # Sat → Mon
    ("petitioner_window", "2020-01-30T23:59:59", "2020-02-29", "2020-03-02"),  # Sat → Mon
    ("objection", "2020-04-29T10:00", "2020-05-09", "2020-05-09"),  # Sat → Sat
    ("conclusion", "2020-08-03T10:00", "2020-10-02", "2020-10-09"),  # Fri → Fri
    ("objection", "2020-09-30T10:00", "2020-10-14", "2020-10-14"),  # Wed → Wed
    ("objection", "2021-02-09T10:00", "2021-02-22", "2021-02-22"),  # Mon → Mon
    ("notice", "2021-02-01T10:00", "2021-02-16", "2021-02-18"),  # Tue → Thu
    ("petitioner_window", "2021-04-02T10:00", "2021-05-02", "2021-05-06"),  # Sun → Thu
    ("objection", "2021-09-16T10:00", "2021-09-24", "2021-09-24"),  # Fri → Fri
    ("conclusion", "2021-08-05T00:00", "2021-10-04", "2021-10-08"),  # Mon → Fri
    ("objection", "2021-12-31T23:59:59", "2022-01-10", "2022-01-10"),  # Mon → Mon
    ("forwarding", "2021-12-18T10:00", "2022-01-02", "2022-01-04"),  # Sun → Tue
    ("objection", "2022-01-27T10:00", "2022-02-08", "2022-02-08"),  # Tue → Tue
    ("notice", "2022-01-20T10:00", "2022-02-04", "2022-02-07"),  # Fri → Mon
    ("conclusion", "2022-05-01T00:00", "2022-06-30", "2022-06-30"),  # Thu → Thu
    ("petitioner_window", "2022-04-01T10:00", "2022-05-01", "2022-05-05"),  # Sun → Thu
    ("objection", "2022-04-28T10:00", "2022-05-09", "2022-05-09"),  # Mon → Mon
    ("forwarding", "2022-09-25T10:00", "2022-10-10", "2022-10-10"),  # Mon → Mon
    ("conclusion", "2022-11-02T10:00", "2023-01-01", "2023-01-03"),  # Sun → Tue
    ("objection", "2022-12-30T16:30", "2023-01-09", "2023-01-09"),  # Mon → Mon
    ("notice", "2023-01-07T10:00", "2023-01-22", "2023-01-28"),  # Sun → Sat
    ("objection", "2023-01-19T10:00", "2023-01-31", "2023-01-31"),  # Tue → Tue
    ("conclusion", "2023-03-01T10:00", "2023-04-30", "2023-05-04"),  # Sun → Thu
    ("objection", "2023-09-27T10:00", "2023-10-10", "2023-10-10"),  # Tue → Tue
    ("forwarding", "2023-09-15T10:00", "2023-09-30", "2023-10-07"),  # Sat → Sat
    ("petitioner_window", "2023-09-01T10:00", "2023-10-01", "2023-10-07"),  # Sun → Sat
    ("petitioner_window", "2024-01-30T10:00", "2024-02-29", "2024-02-29"),  # Thu → Thu
    ("objection", "2024-02-08T10:00", "2024-02-21", "2024-02-21"),  # Wed → Wed
    ("conclusion", "2024-02-29T10:00", "2024-04-29", "2024-04-29"),  # Mon → Mon
    ("notice", "2024-02-14T10:00", "2024-02-29", "2024-02-29"),  # Thu → Thu
    ("objection", "2024-09-12T10:00", "2024-09-20", "2024-09-20"),  # Fri → Fri
    ("notice", "2024-09-18T10:00", "2024-10-03", "2024-10-08"),  # Thu → Tue
    ("objection", "2024-12-30T10:00", "2025-01-07", "2025-01-07"),  # Tue → Tue
    ("notice", "2024-12-17T10:00", "2025-01-01", "2025-01-02"),  # Wed → Thu
    ("objection", "2025-01-24T10:00", "2025-02-07", "2025-02-07"),  # Fri → Fri
    ("notice", "2025-01-14T10:00", "2025-01-29", "2025-02-05"),  # Wed → Wed
    ("conclusion", "2025-08-04T10:00", "2025-10-03", "2025-10-09"),  # Fri → Thu
    ("petitioner_window", "2025-01-29T10:00", "2025-02-28", "2025-02-28"),  # Fri → Fri
    ("objection", "2025-04-29T10:00", "2025-05-09", "2025-05-09"),  # Fri → Fri
    ("forwarding", "2025-09-22T10:00", "2025-10-07", "2025-10-09"),  # Tue → Thu
    ("objection", "2025-12-30T10:00", "2026-01-07", "2026-01-07"),  # Wed → Wed
    ("notice", "2025-12-19T10:00", "2026-01-03", "2026-01-04"),  # Sat → Sun
    ("objection", "2026-02-12T10:00", "2026-02-26", "2026-02-26"),  # Thu → Thu
    ("notice", "2026-02-01T10:00", "2026-02-16", "2026-02-24"),  # Mon → Tue
    ("notice", "2026-02-06T10:00", "2026-02-21", "2026-02-24"),  # Sat → Tue
    ("conclusion", "2025-12-18T10:00", "2026-02-16", "2026-02-24"),  # Mon → Tue
    ("objection", "2026-02-13T23:59:59", "2026-02-27", "2026-02-27"),  # Fri → Fri
    ("objection", "2026-02-14T00:00", "2026-02-28", "2026-02-28"),  # Sat → Sat
    ("petitioner_window", "2026-01-29T10:00", "2026-02-28", "2026-02-28"),  # Sat → Sat
    ("objection", "2026-04-30T10:00", "2026-05-11", "2026-05-11"),  # Mon → Mon
    ("forwarding", "2026-09-10T10:00", "2026-09-25", "2026-09-28"),  # Fri → Mon
    ("objection", "2026-09-18T10:00", "2026-09-24", "2026-09-24"),  # Thu → Thu
    ("objection", "2026-09-29T16:50", "2026-10-12", "2026-10-12"),  # Mon → Mon
    ("reforwarding", "2026-09-29T16:50", "2026-10-12", "2026-10-12"),  # Mon → Mon
    ("conclusion", "2026-08-04T10:00", "2026-10-03", "2026-10-08"),  # Sat → Thu
    ("conclusion", "2026-08-10T10:00", "2026-10-09", "2026-10-09"),  # Fri → Fri
    ("petitioner_window", "2026-12-01T10:00", "2026-12-31", "2026-12-31"),  # Thu → Thu
    # Eves of holidays, made-up days and month ends of each notice from 2016 on.
    ("review_30", "2016-01-07T12:00", "2016-02-06", "2016-02-06"),  # Sat → Sat
    ("notice", "2016-01-23T23:59:59", "2016-02-07", "2016-02-14"),  # Sun → Sun
    ("objection", "2016-02-06T00:00", "2016-02-18", "2016-02-18"),  # Thu → Thu
    ("reforwarding", "2016-02-28T16:00", "2016-03-04", "2016-03-04"),  # Fri → Fri
    ("objection", "2016-04-30T23:59:59", "2016-05-09", "2016-05-09"),  # Mon → Mon
    ("conclusion", "2016-08-10T09:00", "2016-10-09", "2016-10-09"),  # Sun → Sun
    ("petitioner_window", "2016-09-04T10:00", "2016-10-04", "2016-10-08"),  # Tue → Sat
    ("forwarding", "2016-12-16T23:59:59", "2016-12-31", "2017-01-03"),  # Sat → Tue
    ("notice", "2017-01-12T23:59:59", "2017-01-27", "2017-02-03"),  # Fri → Fri
    ("objection", "2017-01-26T00:00", "2017-02-08", "2017-02-08"),  # Wed → Wed
    ("reforwarding", "2017-02-28T16:00", "2017-03-07", "2017-03-07"),  # Tue → Tue
    ("objection", "2017-04-30T23:59:59", "2017-05-08", "2017-05-08"),  # Mon → Mon
    ("conclusion", "2017-08-01T09:00", "2017-09-30", "2017-09-30"),  # Sat → Sat
    ("petitioner_window", "2017-09-04T10:00", "2017-10-04", "2017-10-09"),  # Wed → Mon
    ("review_30", "2018-01-12T12:00", "2018-02-11", "2018-02-11"),  # Sun → Sun
    ("objection", "2018-02-14T00:00", "2018-02-27", "2018-02-27"),  # Tue → Tue
    ("reforwarding", "2018-02-28T16:00", "2018-03-07", "2018-03-07"),  # Wed → Wed
    ("objection", "2018-04-30T23:59:59", "2018-05-08", "2018-05-08"),  # Tue → Tue
    ("petitioner_window", "2018-09-04T10:00", "2018-10-04", "2018-10-08"),  # Thu → Mon
    ("conclusion", "2018-10-30T09:00", "2018-12-29", "2018-12-29"),  # Sat → Sat
    ("forwarding", "2018-12-16T23:59:59", "2018-12-31", "2019-01-02"),  # Mon → Wed
    ("review_30", "2019-01-03T12:00", "2019-02-02", "2019-02-02"),  # Sat → Sat
    ("notice", "2019-01-20T23:59:59", "2019-02-04", "2019-02-11"),  # Mon → Mon
    ("objection", "2019-02-03T00:00", "2019-02-15", "2019-02-15"),  # Fri → Fri
    ("reforwarding", "2019-02-28T16:00", "2019-03-07", "2019-03-07"),  # Thu → Thu
    ("objection", "2019-04-30T23:59:59", "2019-05-09", "2019-05-09"),  # Thu → Thu
    ("conclusion", "2019-08-13T09:00", "2019-10-12", "2019-10-12"),  # Sat → Sat
    ("petitioner_window", "2019-09-04T10:00", "2019-10-04", "2019-10-08"),  # Fri → Tue
    ("forwarding", "2019-12-16T23:59:59", "2019-12-31", "2019-12-31"),  # Tue → Tue
    ("notice", "2020-01-09T23:59:59", "2020-01-24", "2020-02-03"),  # Fri → Mon
    ("objection", "2020-01-23T00:00", "2020-02-07", "2020-02-07"),  # Fri → Fri
    ("reforwarding", "2020-02-28T16:00", "2020-03-06", "2020-03-06"),  # Fri → Fri
    ("objection", "2020-04-30T23:59:59", "2020-05-11", "2020-05-11"),  # Mon → Mon
    ("conclusion", "2020-08-11T09:00", "2020-10-10", "2020-10-10"),  # Sat → Sat
    ("petitioner_window", "2020-09-04T10:00", "2020-10-04", "2020-10-09"),  # Sun → Fri
    ("forwarding", "2020-12-16T23:59:59", "2020-12-31", "2020-12-31"),  # Thu → Thu
    ("review_30", "2021-01-08T12:00", "2021-02-07", "2021-02-07"),  # Sun → Sun
    ("notice", "2021-01-27T23:59:59", "2021-02-11", "2021-02-18"),  # Thu → Thu
    ("objection", "2021-02-10T00:00", "2021-02-23", "2021-02-23"),  # Tue → Tue
    ("reforwarding", "2021-02-28T16:00", "2021-03-05", "2021-03-05"),  # Fri → Fri
    ("objection", "2021-04-30T23:59:59", "2021-05-11", "2021-05-11"),  # Tue → Tue
    ("conclusion", "2021-08-10T09:00", "2021-10-09", "2021-10-09"),  # Sat → Sat
    ("petitioner_window", "2021-09-04T10:00", "2021-10-04", "2021-10-08"),  # Mon → Fri
    ("forwarding", "2021-12-16T23:59:59", "2021-12-31", "2021-12-31"),  # Fri → Fri
    ("review_30", "2021-12-30T12:00", "2022-01-29", "2022-01-29"),  # Sat → Sat
    ("notice", "2022-01-16T23:59:59", "2022-01-31", "2022-02-07"),  # Mon → Mon
    ("objection", "2022-01-30T00:00", "2022-02-11", "2022-02-11"),  # Fri → Fri
    ("reforwarding", "2022-02-28T16:00", "2022-03-07", "2022-03-07"),  # Mon → Mon
    ("objection", "2022-04-30T23:59:59", "2022-05-10", "2022-05-10"),  # Tue → Tue
    ("conclusion", "2022-08-10T09:00", "2022-10-09", "2022-10-09"),  # Sun → Sun
    ("petitioner_window", "2022-09-04T10:00", "2022-10-04", "2022-10-08"),  # Tue → Sat
    ("forwarding", "2022-12-16T23:59:59", "2022-12-31", "2023-01-03"),  # Sat → Tue
    ("review_30", "2022-12-29T12:00", "2023-01-28", "2023-01-28"),  # Sat → Sat
    ("objection", "2023-01-20T00:00", "2023-02-01", "2023-02-01"),  # Wed → Wed
    ("reforwarding", "2023-02-28T16:00", "2023-03-07", "2023-03-07"),  # Tue → Tue
    ("conclusion", "2023-08-09T09:00", "2023-10-08", "2023-10-08"),  # Sun → Sun
    ("petitioner_window", "2023-09-04T10:00", "2023-10-04", "2023-10-07"),  # Wed → Sat
    ("review_30", "2024-01-05T12:00", "2024-02-04", "2024-02-04"),  # Sun → Sun
    ("notice", "2024-01-26T23:59:59", "2024-02-10", "2024-02-18"),  # Sat → Sun
    ("objection", "2024-02-09T00:00", "2024-02-22", "2024-02-22"),  # Thu → Thu
    ("reforwarding", "2024-02-28T16:00", "2024-03-06", "2024-03-06"),  # Wed → Wed
    ("objection", "2024-04-30T23:59:59", "2024-05-10", "2024-05-10"),  # Fri → Fri
    ("conclusion", "2024-08-13T09:00", "2024-10-12", "2024-10-12"),  # Sat → Sat
    ("petitioner_window", "2024-09-04T10:00", "2024-10-04", "2024-10-08"),  # Fri → Tue
    ("forwarding", "2024-12-16T23:59:59", "2024-12-31", "2024-12-31"),  # Tue → Tue
    ("notice", "2025-01-13T23:59:59", "2025-01-28", "2025-02-05"),  # Tue → Wed
    ("objection", "2025-01-27T00:00", "2025-02-10", "2025-02-10"),  # Mon → Mon
    ("reforwarding", "2025-02-28T16:00", "2025-03-07", "2025-03-07"),  # Fri → Fri
    ("objection", "2025-04-30T23:59:59", "2025-05-12", "2025-05-12"),  # Mon → Mon
    ("conclusion", "2025-08-12T09:00", "2025-10-11", "2025-10-11"),  # Sat → Sat
    ("petitioner_window", "2025-09-04T10:00", "2025-10-04", "2025-10-09"),  # Sat → Thu
    ("review_30", "2025-12-05T12:00", "2026-01-04", "2026-01-04"),  # Sun → Sun
    ("forwarding", "2025-12-16T23:59:59", "2025-12-31", "2025-12-31"),  # Wed → Wed
    ("notice", "2026-01-31T23:59:59", "2026-02-15", "2026-02-24"),  # Sun → Tue
    ("reforwarding", "2026-02-28T16:00", "2026-03-06", "2026-03-06"),  # Fri → Fri
    ("objection", "2026-04-30T23:59:59", "2026-05-11", "2026-05-11"),  # Mon → Mon
    ("conclusion", "2026-08-11T09:00", "2026-10-10", "2026-10-10"),  # Sat → Sat
    ("petitioner_window", "2026-09-04T10:00", "2026-10-04", "2026-10-08"),  # Sun → Thu
    ("forwarding", "2026-11-16T23:59:59", "2026-12-01", "2026-12-01"),  # Tue → Tue
]


def published_calendar():
    years = shipped.published_years()
    days = {day: (is_workday, note) for rows in years.values() for day, is_workday, note in rows}
    return WorkingCalendar(days, frozenset(years))


CALENDAR = published_calendar()


class RuleOf:
    """The present version of a shipped rule, as the arithmetic sees it."""

    def __init__(self, code):
        version = [v for v in VERSIONS if v.code == code][-1]
        self.name, self.basis = str(version.code.label), version.basis
        self.length, self.unit, self.rolls = version.length, version.unit, True


@pytest.mark.parametrize(("code", "start", "raw", "rolled"), TABLE)
def test_a_due_date_is_the_one_the_notices_give(code, start, raw, rolled):
    due = due_at(RuleOf(code), datetime.fromisoformat(start).replace(tzinfo=SHANGHAI), CALENDAR)
    assert [due.raw_due_at.date().isoformat(), due.due_at.date().isoformat()] == [raw, rolled]
    assert (due.raw_due_at.time(), due.due_at.time()) == (time.max, time.max)
    assert due.provisional is False


def test_the_calendar_agrees_with_the_notices_on_every_day_of_nineteen_years():
    named = notice_days()
    days = [day for day in sorted(CALENDAR.days) if day.year >= 2008]
    days += sorted(named)
    assert [day for day in days if CALENDAR.is_workday(day) != works(day, named)] == []
