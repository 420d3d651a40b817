from reports.models.briefs import Brief, BriefItem, BriefKind, BriefReading, Section
from reports.models.exports import FOLDER, LIVE, ExportJob, ExportOf, ExportState, FileForm, export_path
from reports.models.frozen import Freeze, FrozenMediation, FrozenRow, FrozenUnit
from reports.models.publishing import PublicMonth
from reports.models.walls import WallLink
from reports.models.warnings import UnitWarning, WarningRule

__all__ = [
    "FOLDER",
    "LIVE",
    "Brief",
    "BriefItem",
    "BriefKind",
    "BriefReading",
    "ExportJob",
    "ExportOf",
    "ExportState",
    "FileForm",
    "Freeze",
    "FrozenMediation",
    "FrozenRow",
    "FrozenUnit",
    "PublicMonth",
    "Section",
    "UnitWarning",
    "WallLink",
    "WarningRule",
    "export_path",
]
