"""The memory: whom of eight million electors a row may be. Pure: values in, values out.

The door is ``matching.roll`` (build and open the lista nominal) and ``matching.search`` (find whom a row may
be); ``matching.policy`` says which answers may pass without a person. The rest is how.
"""
