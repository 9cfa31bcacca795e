# Image of best.py, made by automl VERSION. It was not built there: try it before you rely on it.
# Build:   docker build -t model -f best.Dockerfile .
# Fit:     docker run --rm -u "$(id -u)" -v "$PWD:/data" model train.csv --save fitted
# Predict: docker run --rm -u "$(id -u)" -v "$PWD:/data" model --load fitted --predict new.csv
FROM python:X-slim
RUN apt-get update && apt-get install -y --no-install-recommends libgomp1 \
    && rm -rf /var/lib/apt/lists/*
COPY ["best.requirements.txt", "/app/requirements.txt"]
RUN pip install --no-cache-dir -r /app/requirements.txt
COPY ["best.py", "/app/script.py"]
RUN useradd --create-home model
USER model
WORKDIR /data
ENTRYPOINT ["python", "/app/script.py"]
