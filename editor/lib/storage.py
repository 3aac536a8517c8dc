"""Static files under names that carry a hash of their content, so that browsers keep them for ever."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedStaticFiles(CompressedManifestStaticFilesStorage):
    """Also rewrites `import` statements inside ES modules; without it a changed module is served stale.

    Django finds them by regular expression: keep each import statement plain and on one line.
    """

    support_js_module_import_aggregation = True
