import os

AUTHOR = "Ada Brandt"
SITENAME = "The Pelican Site"
SITESUBTITLE = "Made by Pelican."
SITEURL = ""
PATH = "content"
TIMEZONE = "Europe/Paris"
DEFAULT_LANG = "en"
ARTICLE_URL = "{date:%Y}/{date:%b}/{category}/{slug}/"
ARTICLE_SAVE_AS = ARTICLE_URL + "index.html"
OUTPUT_PATH = os.environ.get("OUTPUT", "output")
