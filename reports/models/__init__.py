from reports.models.briefs import Brief, BriefItem, BriefReading, Section
from reports.models.exports import ExportJob, ExportState, export_path
from reports.models.frozen import Freeze, FrozenRow

__all__ = [
    "Brief",
    "BriefItem",
    "BriefReading",
    "ExportJob",
    "ExportState",
    "Freeze",
    "FrozenRow",
    "Section",
    "export_path",
]
