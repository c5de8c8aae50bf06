"""The entry: what every page shares, then the page itself."""

import streamlit as st

from core.ui import errors, look

st.set_page_config(page_title="Interview room", page_icon=":material/record_voice_over:", layout="wide")
look.apply()
page = st.navigation(
    [
        st.Page("pages/welcome.py", title="Welcome", default=True),
        st.Page("pages/register.py", title="Your details"),
        st.Page("pages/devices.py", title="Device check"),
        st.Page("pages/interview.py", title="Interview"),
        st.Page("pages/results.py", title="Your results"),
        st.Page("pages/recruiter.py", title="Interviews"),
        st.Page("pages/review.py", title="Review"),
        st.Page("pages/policies.py", title="Policies"),
    ],
    position="hidden",
)
with errors.shown():
    page.run()
