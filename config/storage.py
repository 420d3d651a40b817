"""Static files under names that carry their contents' hash."""

from django.contrib.staticfiles.storage import HashedFilesMixin
from whitenoise.storage import CompressedManifestStaticFilesStorage

# Django keeps them under a name of its own; a test notices when it moves them.
_, _MODULE_IMPORTS = getattr(HashedFilesMixin, "_js_module_import_aggregation_patterns")  # noqa: B009


class StaticStorage(CompressedManifestStaticFilesStorage):
    """Our own modules import each other by hashed names too: no page mixes scripts of two versions.

    Only ours: other packages ship modules that import what they do not ship.
    """

    support_js_module_import_aggregation = True
    _js_module_import_aggregation_patterns = ("js/*.js", _MODULE_IMPORTS)
