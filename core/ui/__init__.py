"""The Streamlit parts pages are made of."""
