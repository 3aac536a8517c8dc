"""Static files under names that carry a hash of their content: browsers keep them for ever."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedStaticFiles(CompressedManifestStaticFilesStorage):
    """Also rewrites `import` statements inside ES modules; without it a changed module is served stale.

    Django finds them by regular expression: keep import statements plain. Modules that import each
    other in a circle have no hash and are refused.
    """

    support_js_module_import_aggregation = True
    # A pass settles one storey of imports; the default of 5 is lower than our house.
    max_post_process_passes = 25
