import pytest
from pydantic import ValidationError

from syndicate.config import Cards
from syndicate.config.colours import contrast, rgb


def test_the_defaults_can_be_read():
    cards = Cards()
    for template in ("plain", "poster"):
        Cards(template=template)
    assert contrast(rgb(cards.text), rgb(cards.background)) > 15
    assert contrast(rgb(cards.accent), rgb(cards.background)) > 5


@pytest.mark.parametrize(
    ("first", "second", "ratio"),
    [("#000000", "#ffffff", 21.0), ("#777777", "#ffffff", 4.48), ("#767676", "#ffffff", 4.54)],
)
def test_contrast_is_that_of_the_guidelines(first, second, ratio):
    assert contrast(rgb(first), rgb(second)) == pytest.approx(ratio, abs=0.005)
    assert contrast(rgb(second), rgb(first)) == contrast(rgb(first), rgb(second))


def test_colours_that_cannot_be_told_apart_are_refused_with_what_to_do():
    with pytest.raises(ValidationError, match=r"#999999 on background #ffffff .* 2\.8 to 1"):
        Cards(background="#fff", text="#999")
    with pytest.raises(ValidationError, match="make one of them darker"):
        Cards(accent="#ffd700")
    Cards(background="#777777", text="#777777", accent="#000000", template="poster")


@pytest.mark.parametrize("colour", ["red", "#12", "#12345g", "112233", 7, "#1122334"])
def test_what_is_no_colour_is_refused(colour):
    with pytest.raises(ValidationError, match="expected a colour such as"):
        Cards(text=colour)
