"""The weather of a site: the record, its readers, a year from monthly normals, and the correction to the site's elevation."""

from brayton.site.elevation import correct_to_elevation
from brayton.site.epw import read_epw
from brayton.site.normals import Normals, normals_from_table, weather_from_normals
from brayton.site.tmy3 import read_tmy3
from brayton.site.weathercsv import read_weather_csv
from brayton.site.weatheryear import Weather

__all__ = [
    "Normals",
    "Weather",
    "correct_to_elevation",
    "normals_from_table",
    "read_epw",
    "read_tmy3",
    "read_weather_csv",
    "weather_from_normals",
]
