"""The property platform (万家灯火): houses, their owners and members, forms, arrears."""

from station.vendors.property.client import PropertyPlatform

__all__ = ["PropertyPlatform"]
