# Image of best model.py, made by automl VERSION. It was not built there: try it before you rely on it.
# Build:   docker build -t model -f 'best model.Dockerfile' .
# Fit:     docker run --rm -u "$(id -u)" -v "$PWD:/data" model train.csv --save fitted
# Predict: docker run --rm -u "$(id -u)" -v "$PWD:/data" model --load fitted --predict new.csv
FROM python:X-slim
COPY ["best model.requirements.txt", "/app/requirements.txt"]
RUN pip install --no-cache-dir -r /app/requirements.txt
COPY ["best model.py", "/app/script.py"]
RUN useradd --create-home model
USER model
WORKDIR /data
ENTRYPOINT ["python", "/app/script.py"]
