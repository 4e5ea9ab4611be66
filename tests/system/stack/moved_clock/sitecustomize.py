"""Moves the wall clock of every Python process that finds this folder on its path; monotonic time goes on as it is.

``HAIDANG_TEST_CLOCK_S`` says by how many seconds. Only tests put this folder there: the product has no such switch.
"""

import os
import time

import time_machine

time_machine.travel(time.time() + float(os.environ["HAIDANG_TEST_CLOCK_S"]), tick=True).start()
