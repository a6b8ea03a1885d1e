"""Surveys: the shipped ones and a company's own."""
