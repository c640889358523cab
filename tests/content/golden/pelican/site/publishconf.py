from pelicanconf import *  # noqa: F403

SITEURL = "https://pelican.example"
