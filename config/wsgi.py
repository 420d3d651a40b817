import os
import sys

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.trial")
application = get_wsgi_application()

# A form that is filed waits for the interpreter after each of its statements while another thread renders figures:
# 5 ms each time by default, some 60 ms in all (bench/report_load.py).
sys.setswitchinterval(0.0005)
