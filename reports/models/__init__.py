from reports.models.exports import ExportJob, ExportState, export_path
from reports.models.frozen import Freeze, FrozenRow

__all__ = ["ExportJob", "ExportState", "Freeze", "FrozenRow", "export_path"]
